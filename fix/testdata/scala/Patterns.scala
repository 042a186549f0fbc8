object Patterns {
  @deprecated("{{KEY}}") def old = 1
  def isKey(text: String) = text match { case "{{KEY}}" => true; case _ => false }
}
