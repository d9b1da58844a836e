using System.Reflection;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;

namespace SigmoidApi.Http;

/// <summary>
/// The endpoint filter of the API. A handler runs only when each of its <see cref="IRequestInput"/> parameters was read and is valid; a parameter without a
/// registered validator is always valid.
/// </summary>
internal static class ValidationFilter
{
    /// <summary>
    /// Adds the filter to those routes of a group whose handlers have inputs. The framework compiles a route with a filter twice, so the others have none.
    /// </summary>
    public static void Add(IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        if (endpoint.Metadata.OfType<MethodInfo>().FirstOrDefault() is { } handler && handler.GetParameters().Any(IsInput))
            endpoint.FilterFactories.Add(Create);
    });

    private static EndpointFilterDelegate Create(EndpointFilterFactoryContext factory, EndpointFilterDelegate next)
    {
        var parameters = factory.MethodInfo.GetParameters();
        // A validator is created for its first request. Creating all of them took a seventh of the time to start.
        var inputs = Enumerable.Range(0, parameters.Length)
            .Where(i => IsInput(parameters[i]))
            .Select(i => (Index: i, Validator: new Lazy<IValidator?>(() => ValidatorOf(parameters[i].ParameterType, factory.ApplicationServices))))
            .ToArray();
        return context =>
        {
            foreach (var (index, validator) in inputs)
            {
                var input = context.GetArgument<IRequestInput>(index);
                if (input.Failure is { } failure)
                    return ValueTask.FromResult<object?>(Problems.From(failure));
                if (validator.Value?.Validate(new ValidationContext<object>(input.Value!)) is { IsValid: false } result)
                    return ValueTask.FromResult<object?>(Problems.Fields(StatusCodes.Status400BadRequest, Errors(result)));
            }

            return next(context);
        };
    }

    private static bool IsInput(ParameterInfo parameter) => parameter.ParameterType.IsAssignableTo(typeof(IRequestInput));

    /// <summary>The validator of the value in an input such as <c>JsonBody&lt;PredictRequest&gt;</c>; null where there is none.</summary>
    private static IValidator? ValidatorOf(Type input, IServiceProvider services) =>
        input.IsGenericType ? services.GetRequiredService<Validators>().Create(input.GenericTypeArguments[0]) : null;

    private static Dictionary<string, string[]> Errors(ValidationResult result) =>
        result.Errors.GroupBy(e => ToJsonPath(e.PropertyName), e => e.ErrorMessage, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    // "Data.Labels[3]" is "data.labels[3]" in the caller's JSON.
    private static string ToJsonPath(string propertyName) =>
        string.Join('.', propertyName.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
