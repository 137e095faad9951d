{{- define "authz.selector" -}}
app.kubernetes.io/name: aviso
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "authz.labels" -}}
{{ include "authz.selector" . }}
aviso-ecpds-authz/version: {{ .Chart.AppVersion }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "authz.unprivileged" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Everybody who may look at the namespace can read a ConfigMap. */}}
{{- define "authz.noSecrets" -}}
{{- range $name, $config := .Values.config }}
{{- if hasKey ($config.auth | default dict) "jwt_secret" }}
{{- fail (printf "config.%s.auth.jwt_secret would be readable in a ConfigMap: it belongs into the Secret %s, under the key %s" $name $.Values.secret.name $.Values.secret.jwtSecretKey) }}
{{- end }}
{{- if hasKey ($config.ecpds | default dict) "password" }}
{{- fail (printf "config.%s.ecpds.password would be readable in a ConfigMap: it belongs into the Secret %s, under the key %s" $name $.Values.secret.name $.Values.secret.ecpdsPasswordKey) }}
{{- end }}
{{- $jetstream := ($config.notification_backend | default dict).jetstream | default dict }}
{{- if hasKey $jetstream "token" }}
{{- fail (printf "config.%s.notification_backend.jetstream.token would be readable in a ConfigMap: put it into a Secret and name that in aviso.env as NATS_TOKEN" $name) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Envoy waits for Aviso on 127.0.0.1:8000, and a policy for the admin listener has its port. */}}
{{- define "authz.listeners" -}}
{{- $sidecar := .Values.config.authz.sidecar | default dict }}
{{- range $listener := list "http" "grpc" "admin" }}
{{- if hasKey $sidecar $listener }}
{{- fail (printf "config.authz.sidecar.%s: the chart sets where the authorizer listens, because Envoy, probes and the NetworkPolicy depend on it" $listener) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Aviso stays on 127.0.0.1, whatever else it is told. */}}
{{- define "authz.environment" -}}
{{- range .Values.aviso.env }}
{{- if hasPrefix "AVISOSERVER_APPLICATION__" (upper .name) }}
{{- fail (printf "aviso.env has %s: Aviso listens on 127.0.0.1:8000 for Envoy, and elsewhere clients would walk round the check" .name) }}
{{- end }}
{{- end }}
{{- end }}
