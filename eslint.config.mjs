import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["node_modules/", ".cache/", "out/", "charts/generated/"] },
    ...tseslint.configs.recommendedTypeChecked,
    {
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            // An Output in a string prints a warning instead of its value; an Output in a condition is always true.
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            "@typescript-eslint/restrict-plus-operands": "error",
            "@typescript-eslint/no-base-to-string": "error",
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/strict-boolean-expressions": "error",
            "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
            "@typescript-eslint/no-explicit-any": "error",
            "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
            "no-restricted-imports": [
                "error",
                {
                    paths: [
                        // The barrels load every service of a cloud: seconds and a hundred megabytes.
                        {
                            name: "@pulumi/azure-native",
                            message: "Import the sub-module, such as @pulumi/azure-native/storage.",
                        },
                        { name: "@pulumi/aws", message: "Import the sub-module, such as @pulumi/aws/s3." },
                        {
                            name: "@pulumi/kubernetes",
                            message: "Import the sub-module, such as @pulumi/kubernetes/core/v1.",
                        },
                    ],
                },
            ],
        },
    },
    {
        // Decisions know no cloud and no cluster.
        files: ["platform/**", "alerts/**", "dashboards/**"],
        rules: {
            "no-restricted-imports": [
                "error",
                { patterns: ["@pulumi/*", "**/components/**", "**/config/**", "**/local/**"] },
            ],
        },
    },
    {
        // A cloud's SDK is loaded where a stack uses it, and only then.
        files: ["components/storage/**", "components/observer/dnsRecords.ts", "automation/**", "tests/**"],
        rules: { "@typescript-eslint/no-require-imports": "off" },
    },
    {
        files: ["**/*.mjs", "**/*.js"],
        ...tseslint.configs.disableTypeChecked,
        rules: { ...tseslint.configs.disableTypeChecked.rules, "@typescript-eslint/no-require-imports": "off" },
    },
);
