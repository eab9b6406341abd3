/** @type {import("jest").Config} */
const common = {
    testEnvironment: "node",
    cacheDirectory: "<rootDir>/.cache/jest",
    transform: {
        "^.+\\.ts$": [
            "@swc/jest",
            { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
        ],
    },
    modulePathIgnorePatterns: ["<rootDir>/.cache/", "<rootDir>/out/"],
};

module.exports = {
    projects: [
        {
            ...common,
            displayName: "unit",
            testMatch: ["<rootDir>/tests/**/*.test.ts"],
            testPathIgnorePatterns: ["<rootDir>/tests/live/"],
        },
        { ...common, displayName: "live", testMatch: ["<rootDir>/tests/live/**/*.test.ts"] },
    ],
};
