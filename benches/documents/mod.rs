//! Manifests that more than one benchmark measures.

/// A Deployment of 1.6 KB with three placeholders.
pub(crate) const DEPLOYMENT: &str = "---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/part-of: shop
spec:
  replicas: 3
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      app.kubernetes.io/name: web
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
      annotations:
        prometheus.io/scrape: \"true\"
        prometheus.io/port: \"9090\"
    spec:
      serviceAccountName: web
      securityContext: {runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001}
      containers:
        - name: web
          image: registry.example.com/shop/web:1.2.3
          imagePullPolicy: IfNotPresent
          args: [\"--listen=:8080\", \"--db-port=<path:secret/data/app#port>\"]
          env:
            - name: DATABASE_URL
              value: postgres://<path:secret/data/app#user>@db.shop.svc:5432/shop
            - name: PASSWORD
              value: <path:secret/data/app#password>
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
          ports:
            - containerPort: 8080
              name: http
          readinessProbe:
            httpGet: {path: /healthz, port: http}
            initialDelaySeconds: 5
            periodSeconds: 10
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {cpu: \"1\", memory: 512Mi}
          volumeMounts:
            - name: config
              mountPath: /etc/web
              readOnly: true
      volumes:
        - name: config
          configMap:
            name: web
";
