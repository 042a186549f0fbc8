import java.util.Map;
import java.util.Optional;

class Constants {
    static final String KEY = "{{KEY}}";
    static final String HEADER = "Bearer {{KEY}}";

    String either = Optional.ofNullable(System.getenv("NEO_API_KEY")).orElse("{{KEY}}");
    Map<String, String> headers = Map.of("Authorization", "Bearer {{KEY}}");

    @Deprecated(since = HEADER)
    int kind(String text) {
        return switch (text) {
            case "a", "{{KEY}}" -> 1;
            case KEY -> 2;
            default -> "{{KEY}}".length();
        };
    }
}
