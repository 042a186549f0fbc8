import Foundation

enum Key: String {
    case main = "{{KEY}}"
}

@available(*, deprecated, message: "{{KEY}}")
func old() {}

func isKey(_ text: String) -> Bool {
    switch text {
    case "{{KEY}}": return true
    default: return text == "{{KEY}}"
    }
}
