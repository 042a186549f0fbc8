class Patterns
{
    const string Key = "{{KEY}}";
    const string Header = "Bearer " + Key;

    static bool IsKey(string text) => text is "{{KEY}}";
    static int Rank(string text) => text switch { "{{KEY}}" => 1, _ => 2 };
    static byte[] Bytes() => "{{KEY}}"u8.ToArray();
}
