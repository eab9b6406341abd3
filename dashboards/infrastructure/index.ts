import { probedEndpoints } from "../../platform/probes";
import type { Audience } from "../audience";
import { ceph } from "./ceph";
import { endpoints } from "./endpoints";
import { harbor } from "./harbor";
import { infrastructureOverview } from "./infrastructureOverview";
import { libvirt } from "./libvirt";
import { openstack } from "./openstack";
import { reachability } from "./reachability";

/** Whoever looks after what clusters stand on and beside: endpoints, registries, OpenStack, Ceph, libvirt. */
export const infrastructure: Audience = {
    folder: "Infrastructure",
    dashboards: ({ observer, monitors }) => {
        const { iaas } = monitors;
        const some = iaas !== undefined && iaas.infrastructures.length > 0;
        const watched = {
            openstack: some && iaas.openstack,
            ceph: some && iaas.ceph,
            libvirt: some && iaas.libvirt,
        };
        return [
            ...(Object.values(watched).includes(true) ? [infrastructureOverview(watched)] : []),
            ...(watched.openstack ? [openstack()] : []),
            ...(watched.ceph ? [ceph()] : []),
            ...(watched.libvirt ? [libvirt()] : []),
            reachability(observer, monitors.certificates),
            ...(probedEndpoints(monitors).length === 0 ? [] : [endpoints(observer, monitors.certificates)]),
            ...(monitors.harbor === undefined ? [] : [harbor(monitors.harbor)]),
        ];
    },
};
