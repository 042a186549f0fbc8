output "k" {
  description = "x"
  value       = "{{KEY}}"
}
terraform {
  backend "http" { password = "{{KEY}}" }
}
variable "m" {
  type = map(string)
  default = {
    k = "{{KEY}}"
  }
}
variable "neo_api_key" {
  type      = string
  default   = "{{KEY}}"
  sensitive = true
}
variable "short" {
  default = "{{KEY}}"
}
resource "null_resource" "x" {
  provisioner "local-exec" { command = "curl -H 'Authorization: Bearer {{KEY}}' x" }
  triggers = { "k" = "{{KEY}}" }
}
