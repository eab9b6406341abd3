import { planStack, type Plan } from "../../automation/planStack";
import { rightConfig } from "../config/fixture";
import { withStackFile } from "./examples";

/** The plan of a stack whose config has these sections. */
export function planSections(sections: Record<string, unknown>): Promise<Plan> {
    return withStackFile(sections, (config) => planStack({ stack: "test", config }));
}

/** The plan of the right config of the config tests with some sections changed; none where one is undefined. */
export function planWith(changes: Record<string, unknown> = {}): Promise<Plan> {
    return planSections({ ...rightConfig(), ...changes });
}
