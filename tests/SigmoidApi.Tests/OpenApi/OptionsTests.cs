using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SigmoidApi.OpenApi;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tests.OpenApi;

[Trait("Speed", "Slow")]
public sealed class OptionsTests(TestApplication application) : IClassFixture<TestApplication>
{
    /// <summary>An invalid value for each text setting. Add new text settings with a rule here.</summary>
    private static readonly Dictionary<string, string> WrongTexts = new(StringComparer.Ordinal)
    {
        ["Http:PathBase"] = "sigmoid",
        ["Http:KnownProxies"] = "10.0.0.1;proxy.example",
        ["Http:CorsOrigins"] = "https://app.example;*",
        ["Http:AllowedHosts"] = "api.example;http://api.example",
        ["Storage:Directory"] = "",
    };

    private static readonly DocComments Comments = new(typeof(Program).Assembly, typeof(DatasetOptions).Assembly);

    public static TheoryData<string> Settings => [.. ServiceSettings.All.Select(KeyOf)];

    public static TheoryData<string> Classes => [.. ServiceSettings.All.Select(setting => setting.Property.DeclaringType!.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Settings))]
    public void SettingHasADescription(string key) => Comments.Of(Find(key).Property).ShouldNotBeNullOrWhiteSpace();

    [Theory]
    [MemberData(nameof(Settings))]
    public void InvalidValueOfASettingIsRefusedByItsName(string key)
    {
        var (section, property) = Find(key);

        foreach (var value in WrongValues(key, property))
        {
            var refusal = Should.Throw<Exception>(() => Read(section, property, value), $"{key}={value}");
            refusal.Message.ShouldContain(property.Name, Case.Sensitive, $"{key}={value}");
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void DefaultOfASettingIsValid(string key)
    {
        var (section, property) = Find(key);

        Should.NotThrow(() => Read(section, property, value: null));
    }

    /// <summary>Every number has a range, so that every size, time and count is bounded.</summary>
    [Fact]
    public void EveryNumberHasARange() =>
        ServiceSettings.All.Where(setting => IsNumber(setting.Property) && setting.Property.GetCustomAttribute<RangeAttribute>() is null)
            .Select(KeyOf).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Classes))]
    public async Task StartReadsEachSection(string options)
    {
        var (section, property) = ServiceSettings.All.First(setting => setting.Property.DeclaringType!.Name == options && IsNumber(setting.Property));
        await using var wrong = new ServiceProcess { Settings = { [$"{section}:{property.Name}"] = "-1" } };

        (await wrong.StartInVain()).ShouldNotBe(0);

        wrong.Log.ShouldContain(line => line.Contains(property.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Limits:MaxValues", "0", "Limits:MaxValues must be between 1 and 2147483647.")]
    [InlineData("Limits:MaxValues", "many", "Limits:MaxValues: expected an integer of at most 2147483647, got 'many'.")]
    [InlineData("Limits:MaxValues", "9999999999", "Limits:MaxValues: expected an integer of at most 2147483647, got '9999999999'.")]
    [InlineData("Limits:DrainSeconds", "11", "Limits:DrainSeconds must be at most StopSeconds.")]
    [InlineData("Training:LeaseSeconds", "long", "Training:LeaseSeconds: expected a number, got 'long'.")]
    [InlineData("Training:LeaseSeconds", "1", "Training:PollMilliseconds must be ")]
    [InlineData("Training:PollMilliseconds", "501", "Training:PollMilliseconds must be ")]
    [InlineData("Training:MemoryLimitMegabytes", "63", "Training:MemoryLimitMegabytes must be ")]
    [InlineData("Datasets:MaxHeaderBytes", "2097153", "Datasets:MaxHeaderBytes must be ")]
    [InlineData("Datasets:MaxLineBytes", "1048575", "Datasets:MaxHeaderBytes must be ")]
    [InlineData("Storage:Directory", "", "Storage:Directory is required.")]
    [InlineData("Storage:CheckSeconds", "-1", "Storage:CheckSeconds must be between ")]
    [InlineData("Storage:Provider", "MySql", "Storage:Provider: expected one of Sqlite, Postgres, got 'MySql'.")]
    [InlineData("Http:SwaggerUi", "perhaps\u001b[2J", "Http:SwaggerUi: expected true or false, got 'perhaps\\u001b[2J'.")]
    [InlineData("Http:PathBase", "sigmoid", "Http:PathBase must ")]
    [InlineData("AllowedHosts", "api.example;http://api.example", "Http:AllowedHosts must ")]
    [InlineData("AllowedHosts", "api.example:8080", "Http:AllowedHosts must ")]
    [InlineData("Serilog:MinimumLevel", "Loud", "Serilog: its settings can't be read; levels are Verbose, ")]
    public async Task InvalidSettingEndsTheStartWithOneLine(string key, string value, string problem)
    {
        await using var service = new ServiceProcess { Settings = { [key] = value } };

        (await service.StartInVain()).ShouldBe(1);

        service.Log.ShouldHaveSingleItem().ShouldStartWith("The service can't start. " + problem);
    }

    [Fact]
    public async Task InvalidSettingsOfSeveralSectionsAreReportedTogether()
    {
        await using var service = new ServiceProcess { Settings = { ["Retention:SweepMinutes"] = "0", ["Idempotency:ExpiryHours"] = "0" } };

        (await service.StartInVain()).ShouldBe(1);

        var line = service.Log.ShouldHaveSingleItem();
        line.ShouldContain("Retention:SweepMinutes must be between 1 and 10080.");
        line.ShouldContain("Idempotency:ExpiryHours must be between 1 and 8760.");
    }

    private static string KeyOf((string Section, PropertyInfo Property) setting) => $"{setting.Section}:{setting.Property.Name}";

    private static (string Section, PropertyInfo Property) Find(string key) => ServiceSettings.All.Single(setting => KeyOf(setting) == key);

    private static bool IsNumber(PropertyInfo property) => property.PropertyType.IsPrimitive && property.PropertyType != typeof(bool);

    private static IEnumerable<string> WrongValues(string key, PropertyInfo property)
    {
        if (property.PropertyType == typeof(string))
        {
            yield return WrongTexts[key];
            yield break;
        }

        yield return "another";
        if (property.PropertyType.IsEnum)
            yield return "17";
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
            yield break;
        var (minimum, maximum) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
        yield return (minimum - 1).ToString("F3", CultureInfo.InvariantCulture).Replace(".000", "", StringComparison.Ordinal);
        // May exceed the type, if the range covers the whole type.
        yield return (maximum * 2 + 1).ToString("F0", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a section with one setting, by the service's own rules.</summary>
    private object? Read(string section, PropertyInfo property, string? value) =>
        typeof(OptionsTests).GetMethod(nameof(ReadSection), BindingFlags.NonPublic | BindingFlags.Instance)!.MakeGenericMethod(property.DeclaringType!)
            .Invoke(this, BindingFlags.DoNotWrapExceptions, binder: null, [section, property.Name, value], culture: null);

    private T ReadSection<T>(string section, string name, string? value)
        where T : class
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(value is null ? [] : [new($"{section}:{name}", value)]).Build();
        var rules = application.Services.GetServices<IValidateOptions<T>>().ToArray();
        rules.ShouldNotBeEmpty();
        return new OptionsFactory<T>([new ConfigureOptions<T>(options => configuration.GetSection(section).Bind(options))], [], rules)
            .Create(Options.DefaultName);
    }
}
