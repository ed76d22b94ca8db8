import type { Messages, Translation } from '../messages';

export const remote: Translation<Messages['remote']> = {
  chart: 'Helm chart',
  signature: '签名',
  attestation: '证明',
  sbom: '软件物料清单（SBOM）',
  wasm: 'WebAssembly 模块',
  model: '机器学习模型',
  plugin: 'Docker 插件',
  cache: '构建缓存',
  other: '制品',
  notAnImage: '不是容器镜像：无法在此拉取',
  foreignLayers: (count) => `${count} 层仅由其厂商分发`,
};
