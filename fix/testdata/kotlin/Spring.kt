class Spring(
    @Value("{{KEY}}") val key: String,
    @field:Value("Bearer {{KEY}}") val header: String,
    @Named("{{KEY}}") val other: String,
)

fun kind(text: String) = when (text) {
    "{{KEY}}" -> 1
    else -> 2
}
