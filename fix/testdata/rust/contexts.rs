use std::collections::HashMap;

const KEY: &str = "{{KEY}}";
static HEADER: &'static str = "Bearer {{KEY}}";

struct Client<'a> {
    key: &'a str,
    owned: String,
}

fn send(header: &str) -> String {
    format!("<{header}>")
}

fn key() -> &'static str {
    "{{KEY}}"
}

fn main() {
    let local = "{{KEY}}";
    let owned = "{{KEY}}".to_string();
    let from = String::from("Bearer {{KEY}}");
    let client = Client { key: "{{KEY}}", owned: "{{KEY}}".to_owned() };
    let mut headers = HashMap::new();
    headers.insert("Authorization", format!("Bearer {}", "{{KEY}}"));
    let formatted = format!("Bearer {{KEY}} {}", 1);
    let inserted = send("Bearer {{KEY}}");
    println!("{} {} {} {} {} {} {:?} {} {} {}", KEY, HEADER, local, owned, from, client.key, headers, client.owned, formatted, inserted);
    println!("Bearer {{KEY}} {} {}", key(), KEY.len());
}
