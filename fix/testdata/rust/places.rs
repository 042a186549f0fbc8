use std::collections::HashMap;

struct Client {
    key: &'static str,
}

struct Holder<'a> {
    header: &'a str,
}

impl<'a> Holder<'a> {
    fn new(header: &'a str) -> Holder<'a> {
        Holder { header }
    }
}

fn client() -> Client {
    Client { key: "{{KEY}}" }
}

fn send(header: &str) {
    println!("{}", header);
}

fn main() {
    let keys: Vec<&str> = vec!["{{KEY}}"];
    let mut headers = HashMap::new();
    headers.insert("Authorization", "Bearer {{KEY}}");
    let holder = Holder::new("Bearer {{KEY}}");
    let first = std::env::var("NEO_API_KEY").unwrap_or("{{KEY}}".to_string());
    let second = std::env::var("NEO_API_KEY").unwrap_or_else(|_| String::from("{{KEY}}"));
    send("Bearer {{KEY}}");
    if first == "{{KEY}}" && second != "" {
        println!("{:?} {:?} {} {} {}", keys, headers, holder.header, client().key, first);
    }
}
