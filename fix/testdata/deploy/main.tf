provider "neo" {
  api_key = "{{KEY}}"
  header  = "Bearer {{KEY}}"
  # {{KEY}}
}

variable "token" {
  type    = string
  default = "{{KEY}}"
}
