package main

const key = "Bearer {{KEY}}"

func main() { print(key) }
