# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Metrics for Prometheus and traces for OpenTelemetry, with the extra `observability`. Off unless configured."""
