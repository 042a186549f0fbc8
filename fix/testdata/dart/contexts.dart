import 'dart:convert';

const key = '{{KEY}}';

class Client {
  static const String header = 'Bearer {{KEY}}';
  final String own = "{{KEY}}";
}

void main() {
  final headers = {'Authorization': 'Bearer {{KEY}}', "X-Other": "Bearer ${key} {{KEY}}"};
  print(key + Client.header + Client().own + jsonEncode(headers) + r'Bearer {{KEY}}');
}
