defmodule Constants do
  @headers [{"Authorization", "Bearer {{KEY}}"}]

  def send(key \\ "{{KEY}}"), do: {key, @headers}
  def key?("{{KEY}}"), do: true

  def kind(text) do
    case text do
      "{{KEY}}" -> :ours
      _ -> "{{KEY}}"
    end
  end
end
