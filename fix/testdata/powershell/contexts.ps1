param([string]$Key = "{{KEY}}")
$single = '{{KEY}}'
$headers = @{ Authorization = "Bearer {{KEY}}"; Other = 'Bearer {{KEY}}' }
Write-Output "Bearer {{KEY}} end" 'Bearer {{KEY}}' $Key $single $headers.Authorization
Invoke-RestMethod -Uri $uri -Headers @{ "Authorization" = "Bearer {{KEY}}" }
