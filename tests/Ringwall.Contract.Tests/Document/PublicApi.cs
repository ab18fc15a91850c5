using System.Reflection;
using System.Text;

namespace Ringwall.Contract.Tests.Document;

/// <summary>Lists what an assembly shows to vendors, one member a line, sorted.</summary>
internal static class PublicApi
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        List<string> lines = [];
        foreach (Type type in assembly.GetExportedTypes())
        {
            lines.Add($"{Kind(type)} {Name(type)}");
            foreach (MemberInfo member in type.GetMembers(Own).Where(member => member is not Type && IsVisible(member) && !IsGenerated(type, member)))
            {
                lines.Add($"{Name(type)}.{Show(member)}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
    }

    private static string Kind(Type type) =>
        (type.IsAbstract && !type.IsSealed ? "abstract " : "")
        + (type.IsEnum ? "enum" : type.IsByRefLike ? "ref struct" : type.IsValueType ? "struct" : "class");

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        _ => true,
    };

    // Accessors are shown with their property; what the compiler writes for records and enums says nothing.
    private static bool IsGenerated(Type type, MemberInfo member) =>
        member is MethodInfo { IsSpecialName: true }
        || member.Name is "value__" or "EqualityContract" or "PrintMembers" or "<Clone>$" or "Deconstruct"
        || (member is MethodInfo { Name: "Equals" or "GetHashCode" or "ToString" } && !type.IsEnum)
        || (member is ConstructorInfo constructor && constructor.GetParameters() is [var only] && only.ParameterType == type);

    private static string Show(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } field => $"{field.Name} = {field.GetRawConstantValue()}",
        FieldInfo field => $"{field.Name} : {Name(field.FieldType)}",
        PropertyInfo property => $"{property.Name} : {Name(property.PropertyType)} {{{Accessors(property)} }}",
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{method.Name}({Parameters(method)}) : {Name(method.ReturnType)}{(method.IsStatic ? " static" : "")}{(method.IsFamilyOrAssembly || method.IsFamily ? " protected" : "")}",
        _ => member.ToString()!,
    };

    private static string Accessors(PropertyInfo property) =>
        (property.GetMethod is { } get && IsVisible(get) ? " get;" : "")
        + (property.SetMethod is { } set && IsVisible(set) ? (set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;" : set.IsPublic ? " set;" : " protected set;") : "");

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => (parameter.IsOut ? "out " : parameter.IsIn ? "in " : "") + Name(parameter.ParameterType) + " " + parameter.Name));

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        string name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
