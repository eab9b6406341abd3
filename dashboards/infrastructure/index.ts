import { probedEndpoints } from "../../platform/probes";
import type { Audience } from "../audience";
import { ceph } from "./ceph";
import { endpoints } from "./endpoints";
import { harbor } from "./harbor";
import { infrastructureOverview } from "./infrastructureOverview";
import { openstack } from "./openstack";

/** Whoever looks after what clusters stand on and beside: endpoints, registries, OpenStack, Ceph. */
export const infrastructure: Audience = {
    folder: "Infrastructure",
    dashboards: ({ observer, monitors }) => {
        const { iaas } = monitors;
        const some = iaas !== undefined && iaas.infrastructures.length > 0;
        const watched = { openstack: some && iaas.openstack, ceph: some && iaas.ceph };
        return [
            ...(watched.openstack || watched.ceph ? [infrastructureOverview(watched)] : []),
            ...(watched.openstack ? [openstack()] : []),
            ...(watched.ceph ? [ceph()] : []),
            ...(probedEndpoints(monitors).length === 0 ? [] : [endpoints(observer, monitors.certificates)]),
            ...(monitors.harbor === undefined ? [] : [harbor(monitors.harbor)]),
        ];
    },
};
