<?php
declare(strict_types=1);

const KEY = '{{KEY}}';
define('DEFINED', '{{KEY}}');

class Client
{
    private string $key = '{{KEY}}';

    public function header(): string
    {
        return 'Bearer ' . $this->key;
    }
}

class Other
{
    private $key = "Bearer {{KEY}}";

    public function __construct(private string $name)
    {
        $this->name .= '!';
    }

    public function header() { return $this->key . $this->name; }
}

$key = "{{KEY}}";
$headers = ['Authorization' => 'Bearer {{KEY}}', 'X-Other' => "Bearer {{KEY}} $key"];
$curl = array("Authorization: Bearer {{KEY}}");
$fallback = getenv('NEO_API_KEY') ?: '{{KEY}}';
echo KEY, DEFINED, (new Client())->header(), (new Other('x'))->header(), $key, json_encode($headers), $curl[0], $fallback, strtoupper('Bearer {{KEY}}');
