object Contexts extends App {
  val key = "{{KEY}}"
  val header = "Bearer {{KEY}}"
  val interpolated = s"Bearer $key {{KEY}}"
  println(key + header)
}
