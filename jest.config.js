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
    // Jest's own choice leaves one core to others: of two that is half.
    maxWorkers: "100%",
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
