import { keyTree } from "../../charts/generator/keyTree";
import { parseTemplate } from "../../charts/generator/template";
import { followValues } from "../../charts/generator/usage";

function treeOf(defaults: object, ...files: string[]): object {
    const usage = followValues({ name: "", files: files.map(parseTemplate), dependencies: [] });
    return keyTree({ global: {}, ...defaults }, usage, new Set(["unused"]));
}

describe("keyTree", () => {
    it("takes keys and kinds from the defaults", () => {
        expect(
            treeOf({ text: "a", empty: "", number: 1, flag: true, list: [1], nothing: null, map: { b: 1 }, free: {} }),
        ).toEqual({
            global: "map",
            text: "string",
            empty: "scalar",
            number: "number",
            flag: "boolean",
            list: "list",
            nothing: "any",
            map: { b: "number" },
            free: "map",
        });
    });

    it("adds the keys that only the templates know", () => {
        expect(treeOf({ a: { b: 1 } }, "{{ .Values.a.hidden }}{{ if (.Values.other).deep }}{{ end }}")).toMatchObject({
            a: { b: "number", hidden: "any" },
            other: { deep: "any" },
        });
    });

    it("leaves a map free that is printed whole, and one that is asked for its kind", () => {
        const template = `{{- with .Values.resources }}{{ toYaml . | nindent 2 }}{{ end }}
            {{ if eq (typeOf .Values.either) "string" }}{{ end }}`;
        expect(treeOf({ resources: { cpu: 1 }, either: [] }, template)).toMatchObject({
            resources: "map",
            either: "any",
        });
    });

    it("closes an empty map of which the templates read single keys", () => {
        expect(treeOf({ secret: {} }, "{{ .Values.secret.name }}{{ .Values.secret.key }}")).toMatchObject({
            secret: { name: "any", key: "any" },
        });
    });

    it("gives the entries of a map that is walked over one shape", () => {
        const template = "{{ range $name, $route := .Values.routes }}{{ $name }}{{ $route.host }}{{ end }}";
        expect(treeOf({ routes: { main: { port: 1 } } }, template)).toMatchObject({
            routes: { "*": { host: "any", port: "number" } },
        });
    });

    it("follows values into named templates, through variables and computed names", () => {
        const helpers = `{{ define "probe" -}}
            {{- $parent := .parent | default "" }}{{ $found := dict }}
            {{- if $parent }}{{ $found = index .root.Values $parent .key }}{{ else }}{{ $found = get .root.Values .key }}{{ end }}
            {{- $found.path | default (printf "/%s" $found.name) }}
        {{- end }}`;
        const template = `{{ include "probe" (dict "root" . "key" "one") }}
            {{ template "probe" (dict "root" $ "key" "two" "parent" "outer") }}`;
        expect(treeOf({}, helpers, template)).toEqual({
            global: "map",
            one: { path: "any", name: "any" },
            outer: { two: { path: "any", name: "any" } },
        });
    });

    it("does not take values that a template reads back from YAML for printed", () => {
        const template = `{{ define "cfg" }}{{ toYaml .Values.part }}{{ end }}
            {{ $cfg := include "cfg" . | fromYaml }}{{ $cfg.size }}`;
        expect(treeOf({ part: { size: "1Gi" } }, template)).toMatchObject({ part: { size: "string" } });
    });

    it("leaves unused dependencies free", () => {
        expect(treeOf({ unused: { a: 1 } }, "{{ .Values.unused.b }}")).toMatchObject({ unused: "map" });
    });
});

describe("parseTemplate", () => {
    it("passes over comments and over braces inside of strings", () => {
        expect(treeOf({}, '{{/* {{ .Values.no }} */}}{{ "}}" }}{{`{{ .Values.no }}`}}{{- .Values.yes -}}')).toEqual({
            global: "map",
            yes: "any",
        });
    });

    it("reads chains of else", () => {
        const template = "{{ if .Values.a }}{{ else if .Values.b }}{{ else }}{{ .Values.c }}{{ end }}{{ .Values.d }}";
        expect(Object.keys(treeOf({}, template))).toEqual(["a", "b", "c", "d", "global"]);
    });

    it.each(["{{ if .Values.a }}", "{{ end }}", "{{ .Values.a ~ }}"])("refuses %s", (template) => {
        expect(() => parseTemplate(template)).toThrow();
    });
});
