<?php
class Client
{
    const KEY = '{{KEY}}';
    private const OWN = "{{KEY}}";
    private static $other = '{{KEY}}';

    public function header($key = '{{KEY}}')
    {
        return "Bearer $key" . self::KEY . Client::OWN . static::OWN;
    }
}
