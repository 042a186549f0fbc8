const val HEADER = "Bearer " + "{{KEY}}"
val headers = mapOf("Authorization" to "Bearer {{KEY}}")
