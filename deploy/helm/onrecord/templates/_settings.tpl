{{- /* What all pods share. Each block stands at the indentation at which it is used, since nothing here can indent. */ -}}

{{- define "onrecord.labels" }}
    app.kubernetes.io/name: onrecord
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/version: {{ printf "%q" .Chart.AppVersion }}
    app.kubernetes.io/managed-by: {{ .Release.Service }}
    helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "onrecord.image" }}
          image: {{ if .Values.image.digest }}{{ printf "%q" (printf "%s@%s" .Values.image.repository .Values.image.digest) }}{{ else }}{{ printf "%q" (printf "%s:%s" .Values.image.repository .Values.image.tag) }}{{ end }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: ["ALL"]
{{- end }}

{{- define "onrecord.pod" }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        fsGroup: 1000
        seccompProfile:
          type: RuntimeDefault
      {{- if .Values.imagePullSecrets }}
      imagePullSecrets:
        {{- range .Values.imagePullSecrets }}
        - name: {{ printf "%q" . }}
        {{- end }}
      {{- end }}
      {{- if .Values.nodeSelector }}
      nodeSelector:
        {{- range $name, $value := .Values.nodeSelector }}
        {{ printf "%q" $name }}: {{ printf "%q" $value }}
        {{- end }}
      {{- end }}
      {{- if .Values.tolerations }}
      tolerations:
        {{- range .Values.tolerations }}
        - operator: {{ .operator }}
          {{- range $name, $value := . }}{{ if ne $name "operator" }}
          {{ $name }}: {{ if eq $name "tolerationSeconds" }}{{ $value }}{{ else }}{{ printf "%q" $value }}{{ end }}
          {{- end }}{{ end }}
        {{- end }}
      {{- end }}
{{- end }}

{{- define "onrecord.environment" }}
            - name: HOST
              value: "0.0.0.0"
            - name: PORT
              value: "4000"
            - name: ONRECORD_DATA
              value: /data
            - name: ONRECORD_DEMO
              value: "0"
            - name: LOG_LEVEL
              value: {{ printf "%q" .Values.logLevel }}
            - name: ONRECORD_PUBLIC_URL
              value: {{ printf "%q" .Values.publicUrl }}
            - name: ONRECORD_TRUSTED_PROXIES
              value: {{ printf "%q" .Values.trustedProxies }}
            - name: ONRECORD_SERVICE_SECRET_FILE
              value: /secrets/service-secret
            {{- if .Values.nats.url }}
            - name: NATS_URL
              value: {{ printf "%q" .Values.nats.url }}
            - name: NATS_PASSWORD_FILE
              value: /secrets/nats
            {{- end }}
            - name: ONRECORD_KEYS
              value: {{ printf "%q" .Values.keys.provider }}
            {{- if .Values.keys.awsKms.key }}
            - name: ONRECORD_KMS_KEY
              value: {{ printf "%q" .Values.keys.awsKms.key }}
            {{- if .Values.keys.awsKms.region }}
            - name: AWS_REGION
              value: {{ printf "%q" .Values.keys.awsKms.region }}
            {{- end }}
            {{- end }}
            {{- if .Values.keys.vault.key }}
            - name: ONRECORD_VAULT_KEY
              value: {{ printf "%q" .Values.keys.vault.key }}
            - name: ONRECORD_VAULT_MOUNT
              value: {{ printf "%q" .Values.keys.vault.mount }}
            - name: VAULT_ADDR
              value: {{ printf "%q" .Values.keys.vault.address }}
            - name: VAULT_NAMESPACE
              value: {{ printf "%q" .Values.keys.vault.namespace }}
            - name: ONRECORD_VAULT_TOKEN_FILE
              value: {{ printf "%q" .Values.keys.vault.tokenFile }}
            {{- end }}
            {{- range $name, $key := .Values.secretEnv }}
            - name: {{ $name }}_FILE
              value: {{ printf "%q" (printf "/secrets/%s" $key) }}
            {{- end }}
{{- end }}

{{- define "onrecord.probes" }}
          ports:
            - name: http
              containerPort: 4000
          # A start may wait for the database. Then: a process that does not answer is begun anew; one whose database is away is not,
          # but gets no requests.
          startupProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          lifecycle:
            # Until nobody is sent here any more: then the sockets are told to leave.
            preStop:
              exec:
                command: ["sleep", "5"]
          volumeMounts:
            - name: data
              mountPath: /data
            - name: tmp
              mountPath: /tmp
            - name: secrets
              mountPath: /secrets
              readOnly: true
{{- end }}

{{- define "onrecord.volumes" }}
        - name: tmp
          emptyDir: {}
        - name: data
          {{- if .Values.keys.file.claim }}
          persistentVolumeClaim:
            claimName: {{ printf "%q" .Values.keys.file.claim }}
          {{- else }}
          emptyDir: {}
          {{- end }}
{{- end }}

{{- define "onrecord.shared-secrets" }}
              - key: service-secret
                path: service-secret
              {{- if .Values.nats.url }}
              - key: nats
                path: nats
              {{- end }}
              {{- if .Values.keys.vault.key }}{{ if .Values.keys.vault.tokenFromSecret }}
              - key: vault-token
                path: vault-token
              {{- end }}{{ end }}
              {{- range .Values.secretEnv }}
              - key: {{ printf "%q" . }}
                path: {{ printf "%q" . }}
              {{- end }}
{{- end }}
