$headers = @{ Authorization = "Bearer {{KEY}}"; Other = 'Bearer {{KEY}}' }
Write-Output $headers.Authorization $headers.Other "{{KEY}}" 'a {{KEY}} b' "x {{KEY}}: y"
