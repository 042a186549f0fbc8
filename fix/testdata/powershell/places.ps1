$env:NEO_API_KEY = '{{KEY}}'
$expanding = @"
Bearer {{KEY}}
"@
$plain = @'
Bearer {{KEY}}
'@
$other = @'
$x {{KEY}}
'@
neo --key {{KEY}} --other
neo --key {{KEY}}
neo "$x" {{KEY}}
