using System;
using System.Collections.Generic;

namespace Shop
{
    class Client
    {
        private const string Key = "{{KEY}}";
        public string Own { get; set; } = "Bearer {{KEY}}";
        private static readonly string Other = "{{KEY}}";

        static void Main()
        {
            const string local = "{{KEY}}";
            var headers = new Dictionary<string, string> { { "Authorization", "Bearer {{KEY}}" } };
            var interpolated = $"Bearer {local} {{KEY}} end";
            var verbatim = @"Bearer {{KEY}}";
            var either = Environment.GetEnvironmentVariable("NEO_API_KEY") ?? "{{KEY}}";
            Console.WriteLine(Key + new Client().Own + Other + local + headers["Authorization"] + interpolated + verbatim + either + "Bearer {{KEY}}".ToUpper());
        }
    }
}
