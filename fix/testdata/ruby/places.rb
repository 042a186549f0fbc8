KEY = "{{KEY}}".freeze
symbol = :"{{KEY}}"
labelled = { "{{KEY}}": 1, '{{KEY}}' => 2 }
either = ENV.fetch('NEO_API_KEY') { '{{KEY}}' }
ENV['NEO_API_KEY'] ||= '{{KEY}}'
puts KEY, symbol, labelled, either
