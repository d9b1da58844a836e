using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SigmoidApi.Http.Json;

namespace SigmoidApi.OpenApi;

/// <summary>The XML documentation of types and their members as Markdown, in the caller's names: the document says what the code says.</summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, XElement> _members = new(StringComparer.Ordinal);

    public DocComments(params IEnumerable<Assembly> assemblies)
    {
        foreach (var assembly in assemblies)
        {
            var file = XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml"));
            foreach (var member in file.Descendants("member"))
                _members[member.Attribute("name")!.Value] = member;
        }
    }

    public string? Of(Type type) => Find($"T:{NameOf(type)}")?.Element("summary") is { } summary ? Text(summary) : null;

    /// <summary>A property's summary, or, of a record's, the text of its parameter.</summary>
    public string? Of(MemberInfo property)
    {
        var type = property.DeclaringType!;
        var text = Find($"P:{NameOf(type)}.{property.Name}")?.Element("summary")
            ?? Find($"T:{NameOf(type)}")?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == property.Name);
        return text is null ? null : Text(text);
    }

    /// <summary>The text of an enum's value.</summary>
    public string? OfValue(Type type, string value) => Find($"F:{NameOf(type)}.{value}")?.Element("summary") is { } summary ? Text(summary) : null;

    private XElement? Find(string name) => _members.GetValueOrDefault(name);

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string Text(XElement element)
    {
        var text = new StringBuilder();
        Write(element, text);
        return Spaces().Replace(text.ToString(), match => match.Value.Contains('\f', StringComparison.Ordinal) ? "\n\n" : " ").Trim();
    }

    private static void Write(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText plain:
                    text.Append(plain.Value);
                    break;
                case XElement { Name.LocalName: "c" } code:
                    text.Append('`').Append(code.Value).Append('`');
                    break;
                case XElement { Name.LocalName: "see" or "paramref" } reference:
                    text.Append('`').Append(NameIn(reference)).Append('`');
                    break;
                case XElement other:
                    // A form feed marks a paragraph, until spaces and line ends are one space.
                    text.Append('\f');
                    Write(other, text);
                    break;
            }
        }
    }

    /// <summary>What a caller calls the member that a reference is to.</summary>
    private static string NameIn(XElement reference)
    {
        if (reference.Attribute("name")?.Value is { } parameter)
            return JsonNamingPolicy.CamelCase.ConvertName(parameter);
        var member = reference.Attribute("cref")?.Value ?? reference.Attribute("langword")?.Value ?? reference.Value;
        var name = member[(member.LastIndexOf('.') + 1)..];
        return member[..Math.Min(2, member.Length)] switch
        {
            "F:" => EnumNames.Policy.ConvertName(name),
            "P:" => JsonNamingPolicy.CamelCase.ConvertName(name),
            _ => name,
        };
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
