namespace Shop;

class Client
{
    [Header("Authorization", "Bearer {{KEY}}")]
    void Send(string key = "{{KEY}}")
    {
        switch (key) { case "{{KEY}}": break; }
        Send("{{KEY}}");
    }
}
