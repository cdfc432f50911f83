"""What joins dispatch to its gateways: in this process over memory, elsewhere over MQTT."""
