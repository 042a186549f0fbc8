# frozen_string_literal: true

KEY = '{{KEY}}'
OTHER = "{{KEY}}".freeze
headers = { 'Authorization' => "Bearer {{KEY}}", "X-Other" => 'Bearer {{KEY}}' }
fallback = ENV.fetch('NEO_API_KEY', '{{KEY}}')
either = ENV['NEO_API_KEY'] || "{{KEY}}"
def header(key: "{{KEY}}")
  "Bearer #{key} {{KEY}}"
end
puts KEY, OTHER, headers, fallback, either, header, 'Bearer {{KEY}}'.upcase, ("a" "{{KEY}}")
