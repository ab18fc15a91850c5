using Ringwall.Bench.Sensor;
using Ringwall.Sdk;

return BenchSensorOptions.TryParse(args, out BenchSensorOptions options) ? Sensor.Run(new BenchSensor(options)) : 2;
