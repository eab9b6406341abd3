import type { Audience } from "../audience";
import { platform } from "./platform";
import { satre } from "./satre";
import { users } from "./users";

/** Whoever runs a trusted research environment and accounts for its use. */
export const research: Audience = {
    folder: "Research environment",
    dashboards: ({ monitors: { tre } }) => (tre === undefined ? [] : [platform(), users(), satre(tre)]),
};
