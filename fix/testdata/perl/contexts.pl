#!/usr/bin/perl
use strict;
use warnings;

my $key = '{{KEY}}';
my $double = "{{KEY}}";
my %headers = (Authorization => "Bearer {{KEY}}", Other => 'Bearer {{KEY}}');
my $or = $ENV{NEO_API_KEY} || '{{KEY}}';
my $defined = $ENV{NEO_API_KEY} // "{{KEY}}";
# {{KEY}}
print join("\n", $key, $double, $headers{Authorization}, $headers{Other}, $or, $defined, "Bearer " . "{{KEY}}", lc('Bearer {{KEY}}'));
