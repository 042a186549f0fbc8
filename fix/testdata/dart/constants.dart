import 'dart:io';

const key = '{{KEY}}';
const keys = [key];

class Client {
  final headers = const {'Authorization': 'Bearer {{KEY}}'};

  String send({String key = '{{KEY}}'}) => key;
  String other([String key = "{{KEY}}"]) => key;
}

void main() {
  print(Client().send(key: '{{KEY}}'));
  call({'Authorization': 'Bearer {{KEY}}'});
}
