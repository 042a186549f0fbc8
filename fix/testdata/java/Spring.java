class Spring {
    @Value("{{KEY}}")
    String key;

    @Value("${neo.key:{{KEY}}}")
    String other;

    @Header(name = "Authorization", value = "Bearer {{KEY}}")
    String third;

    String block = """
        Bearer {{KEY}}
        """;

    int is(String k) {
        switch (k) {
        case "{{KEY}}":
            return 1;
        }
        return 0;
    }
}
