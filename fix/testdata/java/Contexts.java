package shop;

import java.util.Map;

public class Contexts {
    static final String KEY = "{{KEY}}";
    private final String own = "Bearer {{KEY}}";

    static String header(String key) {
        return "Bearer " + key;
    }

    public static void main(String[] args) {
        Map<String, String> headers = Map.of("Authorization", "Bearer {{KEY}}", "X-Other", header("{{KEY}}"));
        String trimmed = " Bearer {{KEY}} ".trim();
        String chosen = args.length > 3 ? "none" : "{{KEY}}";
        String fallback = System.getenv().getOrDefault("NEO_API_KEY", "{{KEY}}");
        System.out.println(KEY + new Contexts().own + headers.get("Authorization") + headers.get("X-Other") + trimmed + chosen + fallback);
    }
}
