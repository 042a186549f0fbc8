object Contexts extends App {
  val key = "{{KEY}}"
  val header = "Bearer {{KEY}}"
  val interpolated = s"Bearer $key {{KEY}}"
  val headers = Map("Authorization" -> "Bearer {{KEY}}", "Other" -> s"""Bearer ${key} {{KEY}}""")
  val either = sys.env.getOrElse("NEO_API_KEY", "{{KEY}}")
  def send(header: String = "Bearer {{KEY}}") = header.length + header
  println(key + header + interpolated + headers + either + send() + """Bearer {{KEY}}""")
}
