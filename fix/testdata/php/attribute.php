<?php
#[Route('{{KEY}}')]
function show(): string
{
    static $key = '{{KEY}}';
    # {{KEY}}
    return $key . '{{KEY}}';
}
