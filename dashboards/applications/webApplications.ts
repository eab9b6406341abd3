import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "../audience";
import { application } from "./application";
import { argocd } from "./argocd";
import { jupyterhub } from "./jupyterhub";
import { overview } from "./overview";
import { requests } from "./requests";
import { secretsAndTokens } from "./secrets";
import { validationResults } from "./validations";

/** Web applications of the list, and what they are deployed by, kept secret by and checked by. */
export function webApplications({ observer, monitors }: DashboardContext): DashboardBuilder[] {
    const { applications, validations } = monitors;
    const hubs = applications.filter((each) => each.jupyterhub);
    return [
        ...(applications.length === 0 ? [] : [overview(monitors), application(monitors), requests()]),
        ...(hubs.length === 0 ? [] : [jupyterhub(hubs)]),
        ...(monitors.argocd === undefined ? [] : [argocd(monitors.argocd, applications.length > 0)]),
        ...(monitors.vault === undefined ? [] : [secretsAndTokens(monitors.vault)]),
        ...(validations.length === 0 ? [] : [validationResults(observer, validations)]),
    ];
}
