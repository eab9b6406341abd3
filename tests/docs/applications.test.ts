import { readFileSync } from "node:fs";
import { join } from "node:path";
import { monitoringRole } from "../../platform/postgres";

const text = readFileSync(join(__dirname, "../../docs/applications.md"), "utf8");

test("docs/applications.md has the SQL of the role as the code has it", () => {
    const sql = /```sql\n([^`]*)\n```/.exec(text)?.[1];
    expect(sql).toBe(monitoringRole({ database: "portal", user: "postgres_exporter" }));
});
