defmodule Client do
  @key "{{KEY}}"
  def header(key \\ "{{KEY}}"), do: {"Authorization", "Bearer " <> key <> "{{KEY}}"}
  def own, do: @key
end

IO.puts("Bearer {{KEY}}")
IO.inspect(Client.header())
IO.puts(Client.own())
IO.puts(System.get_env("NEO_API_KEY", "{{KEY}}"))
IO.puts(System.get_env("NEO_API_KEY") || "{{KEY}}")
