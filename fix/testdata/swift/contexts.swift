import Foundation

let key = "{{KEY}}"
let header = "Bearer {{KEY}}"
var request = URLRequest(url: URL(string: "https://api.neoagent.io")!)
request.setValue("Bearer \(key) {{KEY}}", forHTTPHeaderField: "Authorization")
let either = ProcessInfo.processInfo.environment["NEO_API_KEY"] ?? "{{KEY}}"
print(key, header, either)
