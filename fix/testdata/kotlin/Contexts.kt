package shop

const val KEY = "{{KEY}}"

class Client(private val key: String = "{{KEY}}") {
    companion object {
        private const val HEADER = "Bearer {{KEY}}"
    }

    fun header() = "Bearer $key {{KEY}}" + HEADER
}

fun main() {
    val headers = mapOf("Authorization" to "Bearer {{KEY}}")
    val either = System.getenv("NEO_API_KEY") ?: "{{KEY}}"
    println(KEY + Client().header() + headers + either + """Bearer {{KEY}}""" + "Bearer {{KEY}}".uppercase())
}
