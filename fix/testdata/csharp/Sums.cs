class Sums
{
    const string Header = "Bearer " + "{{KEY}}";
    static string Local()
    {
        const string local = "a" + "{{KEY}}";
        System.Environment.SetEnvironmentVariable("NEO_API_KEY", "{{KEY}}");
        return local + System.Environment.GetEnvironmentVariable("NEO_API_KEY");
    }
    static void Main() { System.Console.WriteLine(Header + Local()); }
}
